"""Key pairs of issuers, operators, holders and devices: forms, files, signatures."""
