"""Community health services: referrals and waits."""
