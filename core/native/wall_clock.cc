// The date once a second, the nanoseconds each time.
#include "wall_clock.h"

#include <cstring>

bool WallClock::Put(uint64_t time, uint8_t *to)
{
	constexpr int64_t kSecond = 1'000'000'000;
	// The last second of the year 9999.
	constexpr int64_t kLast = 253'402'300'799;
	int64_t since_1970;
	if (__builtin_add_overflow(epoch_at_zero_, static_cast<int64_t>(time), &since_1970) ||
	    since_1970 < 0 || since_1970 / kSecond > kLast)
		return false;
	time_t second = since_1970 / kSecond;
	if (second != second_) {
		tm parts = {};
		gmtime_r(&second, &parts);
		strftime(text_, sizeof(text_), "%Y-%m-%dT%H:%M:%S.000000000Z", &parts);
		second_ = second;
	}
	auto nanos = static_cast<uint32_t>(since_1970 % kSecond);
	for (size_t place = kLength - 2; nanos > 0 || text_[place] != '.'; place--) {
		text_[place] = static_cast<char>('0' + nanos % 10);
		nanos /= 10;
	}
	memcpy(to, text_, kLength);
	return true;
}
