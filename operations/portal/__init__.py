"""What a CMO's contacts see of operations: the operating framework, to read, to sign and to send back."""
