#include "samples/picture_xmp.h"

#include <algorithm>

#include "isp/io/xmp_packet.h"
#include "isp/number_text.h"

namespace argent {
namespace {

std::vector<std::string> numbers(const Vec3& values) {
  std::vector<std::string> texts;
  for (float value : values) texts.push_back(shortest_text(value));
  return texts;
}

/// EXIF's "2008:05:31 12:34:56" as ISO 8601 has it; empty for another form.
std::string iso_time(std::string time) {
  if (time.size() != 19) return {};
  time[4] = time[7] = '-';
  time[10] = 'T';
  return time;
}

class Properties {
 public:
  void add(const char* name, std::string value) {
    if (!value.empty()) list_.push_back({name, std::move(value)});
  }
  void add(const char* name, std::vector<std::string> values) {
    if (!values.empty()) list_.push_back({name, std::move(values)});
  }
  const std::vector<XmpProperty>& list() const { return list_; }

 private:
  std::vector<XmpProperty> list_;
};

void add_capture(Properties& to, const DevelopedPhoto& photo) {
  to.add("xmp:CreatorTool", "Argent " ARGENT_VERSION);
  to.add("xmp:CreateDate", iso_time(photo.frame.capture.time));
  to.add("dc:source", photo.file.filename().string());
  to.add("tiff:Make", photo.frame.sensor.make);
  to.add("tiff:Model", photo.frame.sensor.model);
  to.add("aux:Lens", photo.frame.capture.lens);
}

void add_3a(Properties& to, const Decision& decision) {
  const Trace& trace = decision.trace;
  to.add("argent:ExposureReason", std::string(trace.exposure.reason));
  to.add("argent:ExposureError", shortest_text(trace.exposure.error));
  if (trace.exposure.lux > 0) to.add("argent:Lux", shortest_text(trace.exposure.lux));
  to.add("argent:BalanceReason", std::string(trace.white_balance.reason));
  to.add("argent:BalanceConfidence", shortest_text(trace.white_balance.confidence));
  to.add("argent:EstimatedGains", numbers(decision.controls.colour_gains));
  if (decision.controls.colour_temperature > 0) to.add("argent:EstimatedTemperature", shortest_text(decision.controls.colour_temperature));
  to.add("argent:FocusScore", shortest_text(trace.focus.score[0]));
}

}  // namespace

std::string xmp_of(const DevelopedPhoto& photo) {
  Properties to;
  add_capture(to, photo);
  to.add("argent:Version", ARGENT_VERSION);
  to.add("argent:Preset", photo.settings.preset.empty() ? "live" : photo.settings.preset);
  to.add("argent:Parameters", differences_from_defaults(photo.settings));
  to.add("argent:WhiteBalance", std::string(name_of(photo.choices.white_balance.mode)));
  to.add("argent:Gains", numbers(photo.controls.colour_gains));
  if (photo.controls.colour_temperature > 0) to.add("argent:Temperature", shortest_text(photo.controls.colour_temperature));
  to.add("argent:Exposure", std::string(name_of(photo.choices.exposure.mode)));
  to.add("argent:DigitalGain", shortest_text(photo.controls.digital_gain));
  add_3a(to, photo.decision);
  return xmp_packet(to.list());
}

}  // namespace argent
