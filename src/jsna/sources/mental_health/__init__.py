"""Mental health services: referrals and contacts."""
