"""What an operating framework and a transfer begin with, what they still lack, and what does not go together."""
