-- last 24 hours
select track_name, artist_name, album_name, minutes_listened, played_time
from rpt_recently_played
where ended_at > (select max(ended_at) from rpt_recently_played) - interval 24 hours
order by ended_at desc;

-- last 24 hours: artists by minutes
select artist_name, sum(minutes_listened) as minutes, count(distinct track_id) as tracks
from rpt_recently_played
where ended_at > (select max(ended_at) from rpt_recently_played) - interval 24 hours
group by artist_name
order by minutes desc;

-- tracks by year, of a range of months
select year_num, sum(counted_plays) as plays
from rpt_hours_by_country
where month_start_date >= date '2020-08-01'
group by year_num
order by year_num;

-- tracks by hour, of a range of months and a country
select hour_of_day, time_of_day, sum(counted_plays) as plays
from rpt_hours_by_country
where month_start_date >= date '2020-08-01' and country_code is not null
group by hour_of_day, time_of_day
order by hour_of_day;

-- genres of the last year
select genre, top_artist_in_genre, most_popular_artist_in_genre, sum(counted_plays) as plays
from rpt_artist_genre_plays
where year_num = (select max(year_num) from rpt_artist_genre_plays)
group by genre, top_artist_in_genre, most_popular_artist_in_genre
order by plays desc
limit 25;

-- artists of the first genre
select artist_name, sum(counted_plays) as plays
from rpt_artist_genre_plays
where genre = (select genre from rpt_top_genres where period = 'all time' order by genre_rank limit 1)
group by artist_name
order by plays desc
limit 25;

-- places, of a range of months
select location_id, location_name, state_province, country, latitude, longitude, sum(counted_plays) as plays
from rpt_artist_plays
where month_start_date >= date '2020-08-01'
group by location_id, location_name, state_province, country, latitude, longitude
order by plays desc;

-- artists, of a range of months
select artist_name, sum(counted_plays) as plays, count(distinct account_id) as listeners
from rpt_artist_plays
where month_start_date >= date '2020-08-01'
group by artist_name
order by plays desc
limit 25;

-- artists, of a range of days
select dim_artist.artist_name, sum(agg_artist_daily.counted_plays) as plays
from agg_artist_daily
inner join dim_artist using (artist_id)
inner join dim_date using (date_id)
where dim_date.date between date '2025-11-17' and date '2025-12-15'
group by dim_artist.artist_name
order by plays desc
limit 25;

-- artists of this year
select artist_name, counted_plays, minutes_listened, share_of_plays
from rpt_top_artists
where period = '2025' and artist_rank <= 25
order by artist_rank;

-- tracks of all time
select track_name, artist_name, counted_plays
from rpt_track_plays
where period = 'all time' and track_rank <= 25
order by track_rank;

-- days of a year
select date, counted_plays, music_minutes
from rpt_listening_calendar
where year_num = 2025
order by date;

-- hours of the week
select day_of_week, hour_of_day, sum(counted_plays) as plays
from rpt_listening_clock
where year_num = 2025
group by day_of_week, hour_of_day;

-- on this day
select date, top_artist_name, top_track_name, counted_plays
from rpt_on_this_day
where month_num = 7 and day_of_month = 3
order by date desc
