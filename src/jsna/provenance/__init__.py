"""What a result was made from: code fingerprints, digests, the manifest."""
