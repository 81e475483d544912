# SPDX-License-Identifier: Apache-2.0
# Where kernels for virtual machines are: this machine's own in /boot, and those that scripts/setup unpacked. Sourced.

# Unpacked packages: one directory each, with boot/ and lib/modules/ in it.
vm_kernel_cache=${BCC_VM_KERNELS:-${XDG_CACHE_HOME:-$HOME/.cache}/libbcc/kernels}

# The newest release that is $1 or starts with "$1."; nothing when there is none.
vm_kernel_release()
{
	local image
	for image in /boot/vmlinuz-"$1" /boot/vmlinuz-"$1".* "$vm_kernel_cache"/*/boot/vmlinuz-"$1" \
		"$vm_kernel_cache"/*/boot/vmlinuz-"$1".*; do
		[[ -r $image ]] && vm_kernel_has_modules "$image" && echo "${image##*/vmlinuz-}"
	done | sort -V | tail -n 1
}

# An image is of use only with its modules' index.
vm_kernel_has_modules()
{
	local root=${1%/boot/vmlinuz-*}
	[[ -r $root/lib/modules/${1##*/vmlinuz-}/modules.dep.bin ]]
}

# The directory that boot/ and lib/modules/ of release $1 are in: "" or one of the cache.
vm_kernel_root()
{
	local image
	for image in /boot/vmlinuz-"$1" "$vm_kernel_cache"/*/boot/vmlinuz-"$1"; do
		if [[ -r $image ]] && vm_kernel_has_modules "$image"; then
			echo "${image%/boot/vmlinuz-*}"
			return
		fi
	done
}
