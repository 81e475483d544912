/* SPDX-License-Identifier: Apache-2.0 */
#include "dwarf_unwind.h"

#include <string.h>

#include "dwarf_register.h"
#include "stack_frames.h"

/* What libdw's callbacks are about: there is one at a time. */
static struct {
	const struct libdw *dw;
	const struct dwarf_request *request;
	const char *bytes;
	struct dwarf_answer *answer;
	bool beyond; /* the copy's end */
} unwound;

static pid_t dwarf_unwind_next_thread(Dwfl *dwfl, void *ctx, void **thread)
{
	*thread = *thread ? NULL : ctx;
	return *thread ? 1 : 0;
}

static bool dwarf_unwind_get_thread(Dwfl *dwfl, pid_t tid, void *ctx, void **thread)
{
	*thread = ctx;
	return true;
}

/* Nothing but the stack can be read: the process has gone on since. */
static bool dwarf_unwind_read(Dwfl *dwfl, Dwarf_Addr address, Dwarf_Word *word, void *ctx)
{
	const struct dwarf_request *r = unwound.request;
	uint64_t offset = address - r->stack;

	if (address >= r->stack && r->size >= sizeof(*word) && offset <= r->size - sizeof(*word)) {
		memcpy(word, unwound.bytes + offset, sizeof(*word));
		return true;
	}
	unwound.beyond |= address >= r->stack + r->size && offset < 1 << 30;
	return false;
}

/* From the order of struct pt_regs to the one of DWARF. */
static bool dwarf_unwind_set_registers(Dwfl_Thread *thread, void *ctx)
{
	const uint64_t *from = unwound.request->registers;
	Dwarf_Word to[sizeof(dwarf_register_places)];

	for (size_t i = 0; i < sizeof(to) / sizeof(to[0]); i++)
		to[i] = from[dwarf_register_places[i]];
#if defined(__aarch64__)
	unwound.dw->dwfl_thread_state_register_pc(thread, from[32]);
#endif
	return DWARF_GENERAL_REGISTERS &&
	       unwound.dw->dwfl_thread_state_registers(thread, 0, sizeof(to) / sizeof(to[0]), to);
}

static int dwarf_unwind_frame(Dwfl_Frame *frame, void *ctx)
{
	struct dwarf_answer *a = unwound.answer;
	Dwarf_Addr pc;
	bool is_activation;

	if (!unwound.dw->dwfl_frame_pc(frame, &pc, &is_activation))
		return DWARF_CB_ABORT;
	memcpy(a->bytes + a->size, &pc, sizeof(pc));
	a->size += sizeof(pc);
	a->count++;
	return a->count < STACK_FRAMES ? DWARF_CB_OK : DWARF_CB_ABORT;
}

static uint64_t dwarf_unwind_program_counter(const struct dwarf_request *r)
{
#if defined(__x86_64__)
	return r->registers[16];
#else
	return r->registers[32];
#endif
}

/* Whether a program of another kind runs in the process: one of 32 bits. */
static bool dwarf_unwind_is_foreign(const struct dwarf_request *r)
{
#if defined(__x86_64__)
	return r->registers[17] != 0x33;
#else
	return r->registers[33] & 0x10;
#endif
}

static void dwarf_unwind_try(struct dwarf_process *p)
{
	static const Dwfl_Thread_Callbacks callbacks = {
		.next_thread = dwarf_unwind_next_thread,
		.get_thread = dwarf_unwind_get_thread,
		.memory_read = dwarf_unwind_read,
		.set_initial_registers = dwarf_unwind_set_registers,
	};
	struct dwarf_answer *a = unwound.answer;
	Dwfl *dwfl = dwarf_process_attach(unwound.dw, p, &callbacks, &unwound);
	int ret = -1;

	a->count = a->size = 0;
	unwound.beyond = false;
	if (dwfl)
		ret = unwound.dw->dwfl_getthread_frames(dwfl, 1, dwarf_unwind_frame, NULL);
	a->end = DWARF_END_NO_RULE;
	if (ret >= 0)
		a->end = DWARF_END_WHOLE;
	else if (unwound.beyond)
		a->end = DWARF_END_BEYOND;
}

void dwarf_unwind(const struct libdw *dw, struct dwarf_process *p, const struct dwarf_request *request,
	const char *bytes, struct dwarf_answer *answer)
{
	uint64_t last = dwarf_unwind_program_counter(request);

	unwound.dw = dw;
	unwound.request = request;
	unwound.bytes = bytes;
	unwound.answer = answer;
	if (dwarf_unwind_is_foreign(request))
		return;
	/* it may have mapped more since */
	dwarf_process_module(dw, p, last);
	dwarf_unwind_try(p);
	if (answer->end == DWARF_END_NO_RULE && answer->count)
		memcpy(&last, answer->bytes + answer->size - sizeof(last), sizeof(last));
	if (answer->end == DWARF_END_NO_RULE && dwarf_process_is_new(dw, p, last))
		dwarf_unwind_try(p);
	/* where it is is known at least */
	if (!answer->count) {
		memcpy(answer->bytes, &last, sizeof(last));
		answer->size = sizeof(last);
		answer->count = 1;
	}
}
