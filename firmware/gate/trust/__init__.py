"""Trust: issuers' keys and the signed bundle they come in. Knows no policy and no lane."""
