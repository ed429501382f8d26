-- dim_date has every day from the first play to thirty days after the last.

select
    count(*) as days,
    min(date) as first_date,
    max(date) as last_date
from dim_date
where date is not null
having count(*) <> unix_date(max(date)) - unix_date(min(date)) + 1
