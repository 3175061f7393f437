-- Each lane of work looks at its own jobs alone, however many wait in another.
alter table jobs add column lane text not null default 'quick';
update jobs set lane = case when kind = 'paper' then 'papers' when kind like 'money%' then 'money'
    when kind like 'automation%' then 'automations' else 'quick' end;
drop index jobs_due;
create index jobs_due on jobs (state, lane, run_at);
