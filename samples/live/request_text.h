// samples/live/request_text.h - a request as text, by libcamera's names: for the command line, the dashboard, and recordings.
//
//   set_control(request, "ExposureValue=0.5");
//   set_control(request, "AfWindows=0.4,0.4,0.2,0.2");
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aaa/request.h"

namespace argent {

/// "Name=value". Values: numbers in libcamera's units (ExposureTime in microseconds, LensPosition in dioptres); names of modes as in
/// aaa/request.h ("spot", "continuous") or libcamera's numbers; true or false; windows as "x,y,width,height[,weight]" in 0..1 of the active
/// array, several by semicolons; FrameDurationLimits "shortest,longest" in microseconds; ColourGains "red,blue" (green = 1) or
/// "red,green,blue". "auto" takes back what was set. Throws Error: unknown name (with the nearest), no such value, out of range.
void set_control(Request& request, std::string_view assignment);

/// What differs from Request(), separated by blanks: request_of_text() gives it back equal, to the bit.
std::string text_of(const Request& request);
/// Throws Error.
Request request_of_text(std::string_view text);

struct ControlText {
  std::string_view name;
  std::string value;
};
/// Every control as text, also those at their defaults; triggers are "none".
std::vector<ControlText> control_values(const Request& request);

/// A line a control: name, values, meaning. For --help.
std::string control_table();

}  // namespace argent
