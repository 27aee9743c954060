"""What `import coder` offers is exactly this, and all of it can be used."""

import coder

PUBLIC = ["__version__", "evaluate", "precode", "read_transcript", "train"]


def test_public_names_are_these_and_load() -> None:
    assert sorted(coder.__all__) == PUBLIC
    for name in PUBLIC:
        assert getattr(coder, name) is not None


def test_agreement_is_a_package_of_the_library() -> None:
    from coder.agreement import coefficients, set_coefficients, unit_coefficients

    assert callable(coefficients) and callable(set_coefficients) and callable(unit_coefficients)
