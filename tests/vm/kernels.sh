# SPDX-License-Identifier: Apache-2.0
# Where kernels for virtual machines are: this machine's own in /boot, and those that scripts/setup unpacked.
# Sourced.

# The directories that contain boot/ and lib/modules/: this machine's root ("") and unpacked packages.
# BCC_VM_KERNELS=DIR: only those in DIR.
vm_kernel_cache=${BCC_VM_KERNELS:-${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/libbcc/kernels}

vm_kernel_roots()
{
	local root
	[[ -n ${BCC_VM_KERNELS-} ]] || echo
	for root in "$vm_kernel_cache"/*/; do
		echo "${root%/}"
	done
}

# An image is only usable with its modules' index.
vm_kernel_usable()
{
	[[ -r $1/boot/vmlinuz-$2 && -r $1/lib/modules/$2/modules.dep.bin ]]
}

# The newest release that is $1 or starts with "$1."; nothing if there is none.
vm_kernel_release()
{
	local root image
	vm_kernel_roots | while read -r root; do
		for image in "$root"/boot/vmlinuz-"$1" "$root"/boot/vmlinuz-"$1".*; do
			vm_kernel_usable "$root" "${image##*/vmlinuz-}" && echo "${image##*/vmlinuz-}"
		done
	done | sort -V | tail -n 1
}

# The directory that contains release $1.
vm_kernel_root()
{
	local root
	vm_kernel_roots | while read -r root; do
		vm_kernel_usable "$root" "$1" && echo "$root" && break
	done
}
