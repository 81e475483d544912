/* SPDX-License-Identifier: Apache-2.0 */
#include "tcpstates_journal.h"

#include <dlfcn.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "address.h"
#include "buffer.h"
#include "tool.h"

#define SOCKET "/run/systemd/journal/socket"

/* of systemd/sd-journal.h; loaded only when it is asked for, as many machines have no systemd */
static int (*sendv)(const struct iovec *fields, int count);
static void *library;
static bool failed;

int journal_open(void)
{
	library = dlopen("libsystemd.so.0", RTLD_NOW | RTLD_LOCAL);
	if (library)
		*(void **)&sendv = dlsym(library, "sd_journal_sendv");
	if (!sendv) {
		tool_warn("cannot write to the journal (-Y): %s", dlerror());
		return -ENOENT;
	}
	/* sd_journal_sendv() says nothing if it is missing */
	if (access(SOCKET, W_OK)) {
		tool_warn("cannot write to the journal (-Y): %s: %s", SOCKET, strerror(errno));
		return -errno;
	}
	return 0;
}

void journal_close(void)
{
	if (library)
		dlclose(library);
}

/* ---- fields, each with its NUL in one buffer ---- */

enum { MAX_FIELDS = 16 };

static struct {
	struct buffer text;
	size_t starts[MAX_FIELDS + 1];
	int count;
} fields;

static void journal_add(const char *name, const char *value)
{
	buffer_printf(&fields.text, "%s=%s", name, value);
	buffer_char(&fields.text, '\0');
	fields.starts[++fields.count] = fields.text.size;
}

static void journal_add_number(const char *name, uint64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, number);
	journal_add(name, text);
}

static void journal_pass_on(void)
{
	struct iovec parts[MAX_FIELDS];
	int ret;

	for (int i = 0; i < fields.count; i++)
		parts[i] = (struct iovec){.iov_base = fields.text.data + fields.starts[i],
			.iov_len = fields.starts[i + 1] - fields.starts[i] - 1};
	ret = sendv(parts, fields.count);
	/* once: the rows are still shown */
	if (ret < 0 && !failed)
		tool_warn("an entry could not be written to the journal: %s", strerror(-ret));
	failed |= ret < 0;
	fields.text.size = 0;
	fields.count = 0;
}

void journal_send(const struct journal_change *change)
{
	const struct event_task *task = &change->tcp->task;
	const struct tcp_flow *flow = &change->tcp->flow;
	char message[256], comm[17] = "-", laddr[64], raddr[64];
	bool known = task->pid;
	struct value value;

	address_value(&value, flow->family, flow->laddr);
	snprintf(laddr, sizeof(laddr), "%.*s", (int)value.length, value.text);
	address_value(&value, flow->family, flow->raddr);
	snprintf(raddr, sizeof(raddr), "%.*s", (int)value.length, value.text);
	if (known)
		snprintf(comm, sizeof(comm), "%.*s", (int)sizeof(task->comm), task->comm);
	journal_add("SYSLOG_IDENTIFIER", "tcpstates");
	journal_add("PRIORITY", "5"); /* a notice */
	if (known)
		journal_add_number("OBJECT_PID", task->pid);
	/* for root, the journal looks it up itself */
	if (known && geteuid())
		journal_add("OBJECT_COMM", comm);
	journal_add(flow->family == 4 ? "OBJECT_IPV4_SOURCE_ADDRESS" : "OBJECT_IPV6_SOURCE_ADDRESS", laddr);
	journal_add_number("OBJECT_TCP_SOURCE_PORT", flow->lport);
	journal_add(flow->family == 4 ? "OBJECT_IPV4_DESTINATION_ADDRESS" : "OBJECT_IPV6_DESTINATION_ADDRESS",
		raddr);
	journal_add_number("OBJECT_TCP_DESTINATION_PORT", flow->rport);
	journal_add("OBJECT_TCP_OLD_STATE", change->oldstate);
	journal_add("OBJECT_TCP_NEW_STATE", change->newstate);
	if (change->changed)
		journal_add_number("OBJECT_TCP_SPAN_TIME", (task->time - change->changed) / 1000);
	snprintf(message, sizeof(message), "%s %s %u → %s %u %s → %s", comm, laddr, flow->lport, raddr,
		flow->rport, change->oldstate, change->newstate);
	journal_add("MESSAGE", message);
	journal_pass_on();
}
