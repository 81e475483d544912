// SPDX-License-Identifier: Apache-2.0
// Calls a method, makes objects, starts threads and collects garbage until it is stopped. $T/java.ready: it has begun to.
class Calls {
	static int bcc_called(int n)
	{
		return new int[n].length;
	}

	public static void main(String[] args) throws Exception
	{
		for (int i = 0;; i++) {
			if (i == 1) // what the runtime does once is done
				new java.io.File(System.getenv("T"), "java.ready").createNewFile();
			bcc_called(1000);
			if (i % 10 == 0) {
				Thread thread = new Thread(() -> bcc_called(1), "bcc-thread");
				thread.start();
				thread.join();
				System.gc();
			}
			Thread.sleep(20);
		}
	}
}
