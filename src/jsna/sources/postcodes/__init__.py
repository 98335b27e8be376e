"""Look-up of postcodes to small areas."""
