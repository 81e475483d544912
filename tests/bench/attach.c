int on_call(struct pt_regs *ctx)
{
	return 0;
}

TRACEPOINT_PROBE(sched, sched_process_exit)
{
	return 0;
}
