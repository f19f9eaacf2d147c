"""What Elbow promises and a test is too short for: measured against the real server, under load, for a while."""
