"""What several sources share: columns, patterns, periods, rules, and parts of tables."""
