/* SPDX-License-Identifier: Apache-2.0 */
/* Static probes (USDT) are not in this version: no context can be made, and a call without one has nothing to work on. */
#include "symbols.h"

#include "abi.h"

void *bcc_usdt_new_frompid(int pid, const char *path)
{
	bcc_abi_missing(__func__);
	return NULL;
}

void *bcc_usdt_new_frompath(const char *path)
{
	bcc_abi_missing(__func__);
	return NULL;
}

void bcc_usdt_close(void *usdt)
{
}

int bcc_usdt_enable_probe(void *usdt, const char *probe, const char *function)
{
	return bcc_abi_missing(__func__);
}

int bcc_usdt_enable_fully_specified_probe(
	void *usdt, const char *provider, const char *probe, const char *function)
{
	return bcc_abi_missing(__func__);
}

/* Clients ask for the text of no probes too. */
const char *bcc_usdt_genargs(void **contexts, int count)
{
	if (count == 0)
		return "";
	bcc_abi_missing(__func__);
	return NULL;
}

const char *bcc_usdt_get_probe_argctype(void *usdt, const char *probe, int index)
{
	bcc_abi_missing(__func__);
	return NULL;
}

const char *bcc_usdt_get_fully_specified_probe_argctype(
	void *usdt, const char *provider, const char *probe, int index)
{
	bcc_abi_missing(__func__);
	return NULL;
}

void bcc_usdt_foreach(void *usdt, bcc_usdt_cb callback)
{
	bcc_abi_missing(__func__);
}

int bcc_usdt_get_location(
	void *usdt, const char *provider, const char *probe, int index, struct bcc_usdt_location *location)
{
	return bcc_abi_missing(__func__);
}

int bcc_usdt_get_argument(void *usdt, const char *provider, const char *probe, int location_index,
	int argument_index, struct bcc_usdt_argument *argument)
{
	return bcc_abi_missing(__func__);
}

void bcc_usdt_foreach_uprobe(void *usdt, bcc_usdt_uprobe_cb callback)
{
	bcc_abi_missing(__func__);
}
