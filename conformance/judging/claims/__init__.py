"""What each rule claims of the record of its scenario: one file for each theme, as in `conformance/rules`."""
