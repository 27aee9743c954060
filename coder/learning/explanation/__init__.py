"""Why a suggestion was made: nearest excerpts or phrases, and the words that counted."""
