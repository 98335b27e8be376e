"""From records to measures: analysis tables, declarations, methods and the engine."""
