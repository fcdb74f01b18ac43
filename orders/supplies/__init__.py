"""What the firm has and can do: parts, hours, and what they let it promise."""
