/* SPDX-License-Identifier: Apache-2.0 */
/* Texts among the arguments of static probes. */

/* Reads the text that an argument points to into `to`, zeros of `room` bytes, a constant. `length`: the
 * argument that is its length; 0: it ends with a NUL. Arguments are counted from 1 on; 0: there is none. */
static __always_inline void usdt_text(struct pt_regs *ctx, char *to, u32 room, u32 argument, u32 length)
{
	u64 address = 0, size = 0;

	if (!argument || bpf_usdt_readarg(argument, ctx, &address) || !address)
		return;
	if (!length) {
		bpf_probe_read_user_str(to, room, (void *)address);
		return;
	}
	bpf_usdt_readarg(length, ctx, &size);
	if (size > room - 1)
		size = room - 1;
	if (size)
		bpf_probe_read_user(to, size, (void *)address);
}
