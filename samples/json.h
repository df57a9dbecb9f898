// samples/json.h - what came of a file, as JSON: one object in one line.
//
// Numbers that are not finite become null, names that are not UTF-8 are shown with replacement characters.
#pragma once

#include <string>
#include <string_view>

#include "samples/report.h"

namespace argent {

/// file, camera, exposure, white_balance, focus, statistics, times_ms, warnings
std::string json_of(const MeasureReport& report);

/// The same with output, size, settings.
std::string json_of(const DevelopReport& report);

/// {"file": ..., "error": ...}
std::string json_of_failure(const std::filesystem::path& file, std::string_view message);

}  // namespace argent
