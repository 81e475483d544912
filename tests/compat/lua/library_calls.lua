-- SPDX-License-Identifier: Apache-2.0
-- Events of a library's function, as BCC's Lua programs get them. Ends after the first of the process that is looked for.
local text = [[
#include <uapi/linux/ptrace.h>
struct event { u32 pid; int to; };
BPF_PERF_OUTPUT(events);
BPF_HASH(counts, u32, u64);
int on_dup2(struct pt_regs *ctx)
{
	struct event e = {};
	e.pid = bpf_get_current_pid_tgid() >> 32;
	e.to = PT_REGS_PARM2(ctx);
	counts.increment(e.to);
	events.perf_submit(ctx, &e, sizeof(e));
	return 0;
}
]]

return function(BPF, utils)
	local bpf = BPF:new{text = text}
	local seen = false

	bpf:attach_uprobe{name = "c", sym = "dup2", fn_name = "on_dup2"}
	bpf:get_table("events"):open_perf_buffer(function(cpu, event)
		if event.to == 77 then
			print("lua-dup2", tonumber(event.to), tonumber(bpf:get_table("counts"):get(77)))
			seen = true
		end
	end, "struct { uint32_t pid; int to; }")
	print("lua-ready")
	io.stdout:flush()
	while not seen do
		bpf:perf_buffer_poll()
	end
end
