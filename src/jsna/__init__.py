"""The SEND Joint Strategic Needs Assessment pipeline."""
