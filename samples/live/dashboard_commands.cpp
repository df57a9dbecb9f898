#include "samples/live/dashboard_commands.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "models/runtime/error.h"
#include "samples/live/request_text.h"

namespace argent {
namespace {

using Json = nlohmann::json;

constexpr double kMostEv = 8;
constexpr std::array<std::string_view, 3> kKinds{"still", "burst", "bracket"};
constexpr std::array<std::string_view, 2> kFormats{"jpeg", "dng"};

Json object_from(std::string_view json) {
  Json object = Json::parse(json, nullptr, false);
  if (!object.is_object()) throw Error("expected a JSON object");
  return object;
}

std::string value_text(const std::string& name, const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number() || value.is_boolean()) return value.dump();
  throw Error(name + ": expected a text, a number, true or false");
}

template <class Enum, std::size_t Count>
Enum choice(const std::string& name, const Json& value, const std::array<std::string_view, Count>& names) {
  std::string expected;
  for (std::size_t i = 0; i < Count; i++) {
    if (value.is_string() && value.get_ref<const std::string&>() == names[i]) return static_cast<Enum>(i);
    expected += " " + std::string(names[i]);
  }
  throw Error(name + ": expected one of" + expected);
}

int frame_count(const Json& value) {
  if (!value.is_number_integer() || value < 1 || value > kMostCaptures)
    throw Error("frames: expected 1 to " + std::to_string(kMostCaptures));
  return value.get<int>();
}

std::vector<float> brackets_from(const Json& value) {
  std::vector<float> out;
  const auto fits = [](const Json& ev) { return ev.is_number() && std::abs(ev.get<double>()) <= kMostEv; };
  if (!value.is_array() || value.empty() || value.size() > kMostCaptures || !std::all_of(value.begin(), value.end(), fits))
    throw Error("brackets: expected 1 to " + std::to_string(kMostCaptures) + " numbers from -8 to 8");
  for (const Json& ev : value) out.push_back(ev.get<float>());
  return out;
}

}  // namespace

Request changed(const Request& request, std::string_view json) {
  Request out = request;
  const Json controls = object_from(json);
  for (const auto& [name, value] : controls.items()) set_control(out, name + "=" + value_text(name, value));
  return out;
}

CaptureJob capture_job_from(std::string_view json) {
  CaptureJob job;
  const Json wishes = object_from(json);
  for (const auto& [name, value] : wishes.items()) {
    if (name == "kind") {
      job.kind = choice<CaptureJob::Kind>(name, value, kKinds);
    } else if (name == "format") {
      job.format = choice<StillFormat>(name, value, kFormats);
    } else if (name == "frames") {
      job.frames = frame_count(value);
    } else if (name == "brackets") {
      job.brackets = brackets_from(value);
    } else {
      throw Error("\"" + name + "\" is none of: kind format frames brackets");
    }
  }
  if (job.kind == CaptureJob::Kind::kBracket && job.brackets.empty()) throw Error("a bracket needs \"brackets\", a list of EV");
  return job;
}

}  // namespace argent
