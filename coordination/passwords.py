"""What a password must be, beyond Django's own rules: said in every language of the product."""

from django.contrib.auth import password_validation
from django.utils.translation import ngettext


class MinimumLengthValidator(password_validation.MinimumLengthValidator):
    """A least length; Django 5.2 refuses in a sentence that its own catalogues do not hold."""

    def get_error_message(self):
        """The refusal in the words that are translated."""
        words = ngettext(
            "This password is too short. It must contain at least %(min_length)d character.",
            "This password is too short. It must contain at least %(min_length)d characters.",
            self.min_length,
        )
        return words % {"min_length": self.min_length}
