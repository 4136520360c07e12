"""The pages, by what they are about; each module makes its routes of the parts it is given."""
