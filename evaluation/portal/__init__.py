"""What a bidder sees: its own invitations, and nothing of anybody else."""
