package rehearsal

import "time"

// healthVersion needs no key.
func healthVersion(c *call) *refusal {
	c.out = append(append(append(c.out, `{"version":"`...), c.rules.version...), `"}`...)
	return nil
}

func health(c *call) *refusal {
	c.out = append(c.out, `{"name":"http","ping":0,"status":"pass"}`...)
	return nil
}

func healthDB(c *call) *refusal {
	c.out = append(c.out, `{"total":2,"statuses":[{"name":"Console.DB (console)","ping":0,"status":"pass"},{"name":"Projects.DB (database_db_main)","ping":0,"status":"pass"}]}`...)
	return nil
}

// usageDays is how far the usage page goes back.
const usageDays = 30

// usage is the page that shadows a user called "usage". It counts nothing: the
// workers that would are not played here.
func usage(c *call) *refusal {
	day := c.cfg.Now().UTC().Truncate(24 * time.Hour)
	days := func() {
		c.out = append(c.out, '[')
		for i := range usageDays {
			if i > 0 {
				c.out = append(c.out, ',')
			}
			at := day.AddDate(0, 0, i-usageDays+1).UnixMilli()
			c.out = append(date(append(c.out, `{"value":0`...), "date", at), '}')
		}
		c.out = append(c.out, ']')
	}
	c.out = append(c.out, `{"range":"30d","usersTotal":0,"sessionsTotal":0,"users":`...)
	days()
	c.out = append(c.out, `,"sessions":`...)
	days()
	c.out = append(c.out, '}')
	return nil
}
