"""The words of mails."""
