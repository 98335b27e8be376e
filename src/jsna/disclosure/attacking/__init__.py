"""What an outsider can work out; shares with the solver only `system` and the programs' door."""
