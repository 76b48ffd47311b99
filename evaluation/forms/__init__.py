"""What people are asked for in RFP and selection."""
