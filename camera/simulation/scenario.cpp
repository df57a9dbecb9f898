#include "camera/simulation/scenario.h"

#include <algorithm>
#include <string_view>

#include "isp/io/yaml_document.h"
#include "isp/packed_codes.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr std::size_t kMaxEvents = 10'000;

}  // namespace

template <class List>
void describe(List& list, SceneParams& p) {
  list.field("kind", p.kind, {.doc = "dead_leaves, checker, stripes, grey or panorama"});
  list.field("reflectance", p.reflectance, {.min = 0.001, .max = 1, .doc = "mean of the scene"});
  list.field("contrast", p.contrast, {.min = 0, .max = 1, .doc = "of reflectances around the mean; 0: flat"});
  list.field("detail", p.detail, {.min = 0, .max = 1, .doc = "share of the contrast that is finer than a zone"});
  list.field("colorfulness", p.colorfulness, {.min = 0, .max = 1, .doc = "saturation of the reflectances"});
  list.field("distance", p.distance, {.min = 0.02, .max = 1e6, .unit = "m", .doc = "of the middle"});
  list.field("depth", p.depth, {.min = 0, .max = 50, .unit = "dioptres", .doc = "between the nearest and the farthest part"});
  list.field("motion", p.motion, {.min = 0, .max = 20, .unit = "field widths/s", .doc = "of the subject, or of the highlight"});
  list.field("highlight", p.highlight, {.min = 0, .max = 0.5, .doc = "fraction of the field that a bright spot covers"});
  list.field("highlight_level", p.highlight_level, {.min = 0, .max = 1e6, .doc = "of the spot, times white"});
  list.field("panorama", p.panorama, {.doc = "an OpenEXR file all round, of kind panorama"});
  list.field("yaw", p.yaw, {.min = -360, .max = 360, .unit = "degrees", .doc = "right of the panorama's middle"});
  list.field("pitch", p.pitch, {.min = -90, .max = 90, .unit = "degrees", .doc = "up from the horizon"});
  list.field("field_of_view", p.field_of_view, {.min = 1, .max = 150, .unit = "degrees", .doc = "of the frame's width, in a panorama"});
  list.field("pan", p.pan, {.min = -720, .max = 720, .unit = "degrees/s", .doc = "of the camera, in a panorama"});
}

template <class List>
void describe(List& list, LightEvent& p) {
  list.field("time", p.time, {.min = 0, .max = 1e7, .unit = "s", .doc = "when it begins"});
  list.field("ramp", p.ramp, {.min = 0, .max = 1e7, .unit = "s", .doc = "how long it takes"});
  list.field("lux", p.lux, {.min = 1e-4, .max = 1e6, .unit = "lx", .doc = "illuminance on the scene"});
  list.field("cct", p.cct, {.min = 1667, .max = 25000, .unit = "kelvin", .doc = "color of the light"});
}

template <class List>
void describe(List& list, LightParams& p) {
  list.field("lux", p.lux, {.min = 1e-4, .max = 1e6, .unit = "lx", .doc = "illuminance on the scene"});
  list.field("cct", p.cct, {.min = 1667, .max = 25000, .unit = "kelvin", .doc = "color of the light"});
  list.field("illuminant", p.illuminant, {.doc = "a spectrum by name instead of cct"});
  list.field("panorama", p.panorama, {.doc = "an OpenEXR file whose upper half is the light, instead of cct"});
  list.field("tint", p.tint, {.min = -0.05, .max = 0.05, .unit = "Duv", .doc = "greenish positive"});
  list.field("second_cct", p.second_cct, {.min = 0, .max = 25000, .unit = "kelvin", .doc = "of a second light; 0: none"});
  list.field("second_share", p.second_share, {.min = 0, .max = 1, .doc = "of the field that the second light rules"});
  list.field("second_border", p.second_border, {.min = 0.01, .max = 1, .unit = "field widths", .doc = "from one light to the other"});
  list.field("flicker_hz", p.flicker_hz, {.min = 0, .max = 2000, .unit = "Hz", .doc = "of the light, twice the mains; 0: steady"});
  list.field("flicker_depth", p.flicker_depth, {.min = 0, .max = 1, .doc = "(max - min) / (max + min)"});
}

template <class List>
void describe(List& list, LensParams& p) {
  list.field("focal_length", p.focal_length, {.min = 0.5, .max = 1000, .unit = "mm", .doc = "of the lens"});
  list.field("f_number", p.f_number, {.min = 0.5, .max = 64, .doc = "of the lens"});
  list.field("pixel_pitch", p.pixel_pitch, {.min = 0.3, .max = 100, .unit = "um", .doc = "of the frame's pixels"});
  list.field("shading", p.shading, {.min = 0, .max = 0.9, .doc = "light lost in the corners"});
  list.field("min_position", p.min_position, {.min = 0, .max = 100, .unit = "dioptres", .doc = "farthest"});
  list.field("max_position", p.max_position, {.min = 0, .max = 100, .unit = "dioptres", .doc = "nearest"});
  list.field("start_position", p.start_position, {.min = 0, .max = 100, .unit = "dioptres", .doc = "at the first frame"});
  list.field("lag", p.lag, {.min = 0, .max = 100, .unit = "frames", .doc = "time constant of the motor"});
  list.field("overshoot", p.overshoot, {.min = 0, .max = 0.9, .doc = "of a step"});
  list.field("hysteresis", p.hysteresis, {.min = 0, .max = 10, .unit = "dioptres", .doc = "between the ways of approach"});
  list.field("latency", p.latency, {.min = 0, .max = 16, .unit = "frames", .doc = "until a command reaches the motor"});
  list.field("breathing", p.breathing, {.min = -0.1, .max = 0.1, .unit = "1/dioptre", .doc = "relative change of the field"});
  list.field("phase_gain", p.phase_gain, {.min = -100, .max = 100, .unit = "px/dioptre", .doc = "disparity of defocus; 0: none"});
  list.field("phase_noise", p.phase_noise, {.min = 0, .max = 100, .unit = "px", .doc = "standard deviation at full contrast"});
}

template <class List>
void describe(List& list, SensorParams& p) {
  list.field("model", p.model, {.doc = "analytic, imx219, imx477, imx708 or a measured camera"});
  list.field("width", p.size.width, {.min = 16, .max = 4096, .unit = "px", .doc = "of a frame"});
  list.field("height", p.size.height, {.min = 16, .max = 4096, .unit = "px", .doc = "of a frame"});
  list.field("bits", p.bits, {.min = 8, .max = 16, .doc = "of a code"});
  list.field("packed", p.packed, {.doc = "as MIPI CSI-2 packs codes"});
  list.field("frame_rate", p.frame_rate, {.min = 0.1, .max = 1000, .unit = "Hz", .doc = "when no exposure asks for less"});
  list.field("max_frame_duration", p.max_frame_duration, {.min = 0, .max = 1000, .unit = "s", .doc = "0: the frame rate is locked"});
  list.field("exposure_latency", p.exposure_latency, {.min = -1, .max = 16, .unit = "frames", .doc = "-1: the model's own"});
  list.field("gain_latency", p.gain_latency, {.min = -1, .max = 16, .unit = "frames", .doc = "-1: the model's own"});
  list.field("noise", p.noise, {.min = 0, .max = 100, .doc = "times the model's shot, read and row noise"});
  list.field("zone_noise", p.zone_noise, {.min = 0, .max = 1, .doc = "relative noise on every zone mean on top"});
  list.field("defects", p.defects, {.min = 0, .max = 0.1, .doc = "fraction of hot and dead pixels"});
  list.field("drop_rate", p.drop_rate, {.min = 0, .max = 0.9, .doc = "fraction of frames that get lost"});
  list.field("corrupt_rate", p.corrupt_rate, {.min = 0, .max = 1, .doc = "fraction of frames that arrive damaged"});
  list.field("exposure_us", p.exposure_us, {.min = 1, .max = 1e9, .unit = "us", .doc = "at the first frame"});
  list.field("analogue_gain", p.analogue_gain, {.min = 1, .max = 1024, .doc = "at the first frame"});
}

template <class List>
void describe(List& list, Scenario& p) {
  list.field("name", p.name, {.doc = "of the scenario"});
  list.field("frames", p.frames, {.min = 1, .max = 1e8, .doc = "to simulate"});
  list.field("seed", p.seed, {.min = 0, .max = 2147483647, .doc = "of everything random"});
  list.field("columns", p.columns, {.min = 1, .max = 32, .doc = "zones across"});
  list.field("rows", p.rows, {.min = 1, .max = 32, .doc = "zones down"});
  list.group("scene", p.scene);
  list.group("light", p.light);
  list.group("lens", p.lens);
  list.group("sensor", p.sensor);
}

namespace {

std::vector<LightEvent> read_events(const YamlNode& list, std::string_view source) {
  if (list.kind == YamlNode::Kind::kNull) return {};
  if (list.kind != YamlNode::Kind::kList) {
    throw Error(place_of(list, source) + ": light.events is " + std::string(name_of(list.kind)) + ", expected a list");
  }
  if (list.items.size() > kMaxEvents) throw Error(place_of(list, source) + ": more than " + std::to_string(kMaxEvents) + " light.events");
  std::vector<LightEvent> events;
  for (const YamlNode& item : list.items) {
    LightEvent event;
    FieldList fields;
    fields.group("light.events", event);
    read_fields(fields.fields(), item, "light.events.", source);
    if (!events.empty() && event.time < events.back().time) {
      throw Error(place_of(item, source) + ": light.events.time goes back, expected rising times");
    }
    events.push_back(event);
  }
  return events;
}

}  // namespace

void check(const Scenario& scenario, std::string_view source) {
  constexpr std::string_view kKinds[] = {"dead_leaves", "checker", "stripes", "grey", "panorama"};
  const SceneParams& scene = scenario.scene;
  if (std::find(std::begin(kKinds), std::end(kKinds), scene.kind) == std::end(kKinds)) {
    const std::string_view near = nearest(scene.kind, kKinds);
    throw Error(std::string(source) + ": scene.kind = " + scene.kind + " is not known" +
                (near.empty() ? ", expected dead_leaves, checker, stripes, grey or panorama" : ", did you mean " + std::string(near)));
  }
  if ((scene.kind == "panorama") == scene.panorama.empty()) {
    throw Error(std::string(source) + ": scene.kind = panorama and a file in scene.panorama go together");
  }
  if (!scenario.light.panorama.empty() && !scenario.light.illuminant.empty()) {
    throw Error(std::string(source) + ": light.panorama and light.illuminant exclude each other");
  }
  const LensParams& lens = scenario.lens;
  if (lens.min_position > lens.max_position) throw Error(std::string(source) + ": lens.min_position passes lens.max_position");
  if (scenario.columns * 2 > scenario.sensor.size.width || scenario.rows * 2 > scenario.sensor.size.height) {
    throw Error(std::string(source) + ": more zones than quads of pixels");
  }
  if (scenario.sensor.packed && !packed_format_of(scenario.sensor.bits)) {
    throw Error(std::string(source) + ": sensor.packed is for 8, 10, 12 and 14 bits, found " + std::to_string(scenario.sensor.bits));
  }
  const float second = scenario.light.second_cct;
  if (second != 0 && second < 1667)
    throw Error(std::string(source) + ": light.second_cct = " + std::to_string(second) + ", expected 0 or at least 1667");
}

std::vector<Field> fields_of(Scenario& scenario) {
  FieldList list;
  describe(list, scenario);
  return list.fields();
}

Scenario parse_scenario(std::string_view yaml, std::string_view source, const std::filesystem::path& folder) {
  YamlNode root = parse_yaml(yaml, source);
  take(root, "request");
  take(root, "expect");
  take(root, "vary");
  take(root, "told");
  Scenario scenario;
  if (root.kind == YamlNode::Kind::kMap) {
    const auto light = std::find(root.keys.begin(), root.keys.end(), "light");
    if (light != root.keys.end()) {
      scenario.light.events = read_events(take(root.items[static_cast<std::size_t>(light - root.keys.begin())], "events"), source);
    }
  }
  const std::vector<Field> fields = fields_of(scenario);
  read_fields(fields, root, "", source);
  for (std::string* file : {&scenario.scene.panorama, &scenario.light.panorama}) {
    if (!file->empty()) *file = (folder / *file).string();
  }
  check(scenario, source);
  return scenario;
}

Scenario load_scenario(const std::filesystem::path& path) {
  return parse_scenario(read_yaml_file(path), path.string(), path.parent_path());
}

}  // namespace argent
