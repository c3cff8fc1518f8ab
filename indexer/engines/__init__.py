"""The seam: engines that keep documents and find them, all behind `base.Engine`."""
