// Kernel times as RFC 3339.
#pragma once

#include <cstddef>
#include <cstdint>
#include <ctime>

class WallClock
{
      public:
	// YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ
	static constexpr size_t kLength = 30;

	// `epoch_at_zero`: nanoseconds since 1970 when CLOCK_MONOTONIC was 0.
	explicit WallClock(int64_t epoch_at_zero) : epoch_at_zero_(epoch_at_zero)
	{
	}
	// UTC with nanoseconds, kLength bytes. `time`: CLOCK_MONOTONIC in nanoseconds, below 2^53.
	// False beyond the year 9999 and before 1970.
	bool Put(uint64_t time, uint8_t *to);

      private:
	int64_t epoch_at_zero_;
	// The second that was written last: most rows share theirs with the row before.
	time_t second_ = -1;
	char text_[kLength + 1] = {};
};
