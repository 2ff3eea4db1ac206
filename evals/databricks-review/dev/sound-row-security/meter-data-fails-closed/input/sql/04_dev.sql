-- Development catalog: generated meters only, dropped and built anew each week by the team.
GRANT ALL PRIVILEGES ON CATALOG grid_dev TO `grid_developers`;
