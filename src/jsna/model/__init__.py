"""What is declared: types of the configuration and of the tables; no file is opened here."""
