"""Reading copies of papers: pages counted, pictures as A4 pages, PDFs without what acts."""
