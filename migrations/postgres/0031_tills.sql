-- What a studio says about paying; what holds where it said nothing stands here alone.
create view tills as
    select st.id as studio_id, st.currency, coalesce(a.enabled, false) as online, coalesce(l.version, 0) as version,
           coalesce(l.other_amount, true) as other_amount, coalesce(l.least, 0) as least, coalesce(l.tip, false) as tip,
           coalesce(l.prepay, false) as prepay
    from studios st
    left join payment_accounts a on a.studio_id = st.id
    left join payment_settings l on l.studio_id = st.id;
