#include "calibration/synthesis/known_camera.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string_view>

#include "calibration/synthesis/known_random.h"
#include "calibration/synthesis/lens_falloff.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr std::array<std::string_view, 2> kPhotonNoise{"none", "poisson"};

}  // namespace

template <class List>
void describe(List& list, KnownSensor& p) {
  list.field("black", p.black, {.min = 0, .max = 8191, .unit = "codes", .doc = "true black of R, G on R's rows, G on B's rows, B"});
  list.field("nominal_black", p.nominal_black, {.min = 0, .max = 8191, .unit = "codes", .doc = "black that files say"});
  list.field("responsivity", p.responsivity, {.min = 1e-12, .max = 1, .unit = "1/(lx us)", .doc = "level of white in D65 at gain 1"});
  list.field("electrons", p.electrons, {.min = 10, .max = 1e7, .doc = "of level 1 at gain 1"});
  list.field("full_well", p.full_well, {.min = 10, .max = 1e12, .unit = "electrons", .doc = "beyond there are none"});
  list.choice("photon_noise", p.photon_noise, kPhotonNoise, {.doc = "none or poisson"});
  list.field("read_electrons", p.read_electrons, {.min = 0, .max = 1e5, .unit = "electrons", .doc = "noise before the gain"});
  list.field("converter_noise", p.converter_noise, {.min = 0, .max = 1000, .unit = "codes", .doc = "noise after the gain"});
  list.field("row_noise", p.row_noise, {.min = 0, .max = 1000, .unit = "codes", .doc = "that a row has in common"});
  list.field("green_imbalance", p.green_imbalance, {.min = -0.5, .max = 0.5, .doc = "G on R's rows over G on B's rows, minus 1"});
  list.field("nonlinearity", p.nonlinearity, {.min = -0.4, .max = 0.4, .doc = "of charge q: q (1 - nonlinearity q)"});
  list.field("exposure_delay", p.exposure_delay, {.min = 0, .max = 10, .unit = "frames", .doc = "until it is in force"});
  list.field("gain_delay", p.gain_delay, {.min = 0, .max = 10, .unit = "frames", .doc = "until it is in force"});
}

template <class List>
void describe(List& list, KnownLens& p) {
  list.field("falloff", p.falloff, {.min = 0, .max = 5, .doc = "light left: 1 / (1 + falloff r^2)^2, r = 1 in the corners"});
  list.field("color", p.color, {.min = -0.4, .max = 0.4, .doc = "R, G, B: a colored rest of the falloff, off the middle"});
  list.field("color_slope", p.color_slope, {.min = -0.1, .max = 0.1, .unit = "1/100 mired", .doc = "its change with the light"});
  list.field("color_center", p.color_center, {.min = 0, .max = 1, .doc = "x, y of the picture"});
  list.field("blur", p.blur, {.min = 0, .max = 100, .unit = "px", .doc = "R, G, B: sigma"});
  list.field("red", p.red, {.min = -1.1, .max = 1.1, .doc = "k0, k1: red shows at r (k0 + k1 r^2) what green shows at r"});
  list.field("blue", p.blue, {.min = -1.1, .max = 1.1, .doc = "the same of blue"});
  list.field("backlash", p.backlash, {.min = 0, .max = 1000, .unit = "codes", .doc = "between the ways of approach"});
  list.field("blur_per_dioptre", p.blur_per_dioptre, {.min = 0, .max = 1000, .unit = "px", .doc = "diameter of the blur circle"});
}

template <class List>
void describe(List& list, KnownCamera& p) {
  list.group("sensor", p.sensor);
  list.group("lens", p.lens);
}

namespace {

constexpr std::string_view kSource = "a synthetic camera";

void expect(bool good, std::string_view member, std::string_view expected) {
  if (!good) throw Error(kSource, ": ", member, ": expected ", expected);
}

bool between(double value, double least, double most) { return value >= least && value <= most; }

void check_gains(const std::vector<KnownGain>& gains) {
  expect(!gains.empty() && gains.size() <= 64, "sensor.gains", "1 to 64 of them");
  for (std::size_t i = 0; i < gains.size(); i++) {
    const bool sane = between(double(gains[i].nominal), 0.1, 1000) && between(double(gains[i].actual), 0.1, 1000);
    expect(sane, "sensor.gains", "0.1 to 1000");
    expect(i == 0 || (gains[i].nominal > gains[i - 1].nominal && gains[i].actual > gains[i - 1].actual), "sensor.gains", "rising ones");
  }
}

void check_defects(const KnownSensor& sensor) {
  const KnownDefect* last = nullptr;
  for (const KnownDefect& defect : sensor.defects) {
    const bool inside = defect.x >= 0 && defect.y >= 0 && defect.x < sensor.size.width && defect.y < sensor.size.height;
    expect(inside, "sensor.defects", "places inside of the picture");
    expect(between(double(defect.amount), 0, 1), "sensor.defects", "amounts from 0 to 1");
    expect(last == nullptr || defect.y > last->y || (defect.y == last->y && defect.x > last->x), "sensor.defects", "rising places");
    last = &defect;
  }
}

void check_sensor(const KnownSensor& sensor) {
  const Size size = sensor.size;
  expect(between(size.width, 16, 16384) && between(size.height, 16, 16384), "sensor.size", "16x16 to 16384x16384");
  expect(size.width % 2 == 0 && size.height % 2 == 0, "sensor.size", "even sides: whole quads");
  expect(is_bayer(sensor.cfa), "sensor.cfa", "a Bayer pattern");
  expect(sensor.bits == 10 || sensor.bits == 12 || sensor.bits == 14, "sensor.bits", "10, 12 or 14");
  const double half = (1 << sensor.bits) / 2;
  expect(double(sensor.nominal_black) < half, "sensor.nominal_black", "less than half of the codes");
  for (const float black : sensor.black) expect(double(black) < half, "sensor.black", "less than half of the codes");
  check_gains(sensor.gains);
  check_defects(sensor);
}

void check_lens(const KnownLens& lens) {
  for (const auto& [k0, k1] : {lens.red, lens.blue}) {
    expect(between(double(k0), 0.9, 1.1) && between(double(k1), -0.05, 0.05), "lens.red and lens.blue", "0.9 to 1.1 and -0.05 to 0.05");
  }
  expect(lens.focus.size() >= 2, "lens.focus", "two points at least");
  for (std::size_t i = 0; i < lens.focus.size(); i++) {
    const FocusPoint& point = lens.focus[i];
    expect(between(double(point.dioptres), 0, 100) && between(double(point.code), 0, 65535), "lens.focus", "0 to 100 dioptres, 0 to 65535");
    expect(i == 0 || (point.code > lens.focus[i - 1].code && point.dioptres > lens.focus[i - 1].dioptres), "lens.focus", "rising points");
  }
}

/// Linear through the points, and on beyond its ends. `from` and `to` say which of the two numbers is which.
double along(const std::vector<FocusPoint>& points, double at, float FocusPoint::*from, float FocusPoint::*to) {
  std::size_t i = 1;
  while (i + 1 < points.size() && at > double(points[i].*from)) i++;
  const FocusPoint &a = points[i - 1], &b = points[i];
  return double(a.*to) + (at - double(a.*from)) * (double(b.*to) - double(a.*to)) / (double(b.*from) - double(a.*from));
}

}  // namespace

void check(const KnownCamera& camera) {
  for (const Spectrum& channel : camera.sensitivities) {
    const bool good = std::all_of(channel.begin(), channel.end(), [](float v) { return v >= 0 && v < 1e6f; }) &&
                      std::any_of(channel.begin(), channel.end(), [](float v) { return v > 0; });
    expect(good, "sensitivities", "0 and up, with something in each color");
  }
  KnownCamera copy = camera;
  check(fields_of(copy), kSource);
  check_sensor(camera.sensor);
  check_lens(camera.lens);
}

std::vector<Field> fields_of(KnownCamera& camera) {
  FieldList list;
  describe(list, camera);
  return list.fields();
}

SensorInfo sensor_info_of(const KnownCamera& camera) {
  SensorInfo info;
  info.make = "Argent";
  info.model = camera.name;
  info.active = camera.sensor.size;
  info.cfa = camera.sensor.cfa;
  info.bits = camera.sensor.bits;
  info.black.fill(camera.sensor.nominal_black);
  info.white.fill(static_cast<float>((1 << camera.sensor.bits) - 1));
  return info;
}

double true_gain(const KnownSensor& sensor, double nominal) {
  const std::vector<KnownGain>& gains = sensor.gains;
  const KnownGain &first = gains.front(), &last = gains.back();
  if (nominal <= double(first.nominal)) return nominal * double(first.actual) / double(first.nominal);
  if (nominal >= double(last.nominal)) return nominal * double(last.actual) / double(last.nominal);
  std::size_t i = 1;
  while (nominal > double(gains[i].nominal)) i++;
  const double start = std::log(double(gains[i - 1].nominal)), end = std::log(double(gains[i].nominal));
  const double share = (std::log(nominal) - start) / (end - start);
  return std::exp(std::lerp(std::log(double(gains[i - 1].actual)), std::log(double(gains[i].actual)), share));
}

NoiseModel noise_of(const KnownSensor& sensor, double nominal_gain) {
  const double gain = true_gain(sensor, nominal_gain);
  const double range = (1 << sensor.bits) - 1 - double(sensor.nominal_black);
  const double read = sensor.read_electrons * gain / sensor.electrons, converter = sensor.converter_noise / range;
  const double shot = sensor.photon_noise == PhotonNoise::kNone ? 0 : gain / sensor.electrons;
  return {static_cast<float>(shot), static_cast<float>(read * read + converter * converter + 1 / (12 * range * range))};
}

double saturation_of(const KnownSensor& sensor, std::size_t site, double nominal_gain) {
  const double white = (1 << sensor.bits) - 1, range = white - double(sensor.nominal_black);
  const double charge = sensor.full_well / sensor.electrons;
  const double level = charge * (1 - sensor.nonlinearity * charge) * true_gain(sensor, nominal_gain);
  return std::min(white, double(sensor.black[site]) + level * range);
}

double falloff_at(const KnownCamera& camera, std::size_t color, double cct, double x, double y) {
  return LensFalloff(camera, color, cct)(x, y);
}

ShadingMesh shading_of(const KnownCamera& camera, float cct, int columns, int rows) {
  if (columns < 2 || rows < 2 || columns > 1024 || rows > 1024)
    throw Error("a shading mesh of ", columns, "x", rows, " nodes, expected 2 to 1024 along each side");
  ShadingMesh mesh{cct, columns, rows, {}};
  double least = 1;
  std::array<std::vector<double>, 3> gains;
  for (std::size_t c = 0; c < 3; c++) {
    const LensFalloff falloff(camera, c, double(cct));
    for (int j = 0; j < rows; j++) {
      for (int i = 0; i < columns; i++) {
        gains[c].push_back(1 / falloff(double(i) / (columns - 1), double(j) / (rows - 1)));
        least = std::min(least, gains[c].back());
      }
    }
  }
  for (std::size_t c = 0; c < 3; c++) {
    mesh.gains[c].clear();
    for (const double gain : gains[c]) mesh.gains[c].push_back(static_cast<float>(gain / least));
  }
  return mesh;
}

double mtf50_of(const KnownLens& lens, std::size_t color, double degrees) {
  const double angle = degrees * std::numbers::pi / 180, sigma = double(lens.blur[color]);
  const auto box = [](double x) { return std::abs(x) < 1e-9 ? 1.0 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x); };
  const auto contrast = [&](double f) {
    const double u = 2 * std::numbers::pi * sigma * f;
    return box(f * std::cos(angle)) * box(f * std::sin(angle)) * std::exp(-u * u / 2);
  };
  double low = 0, high = 1;  // falls up to the box's first zero
  for (int i = 0; i < 60; i++) {
    const double middle = (low + high) / 2;
    (contrast(middle) > 0.5 ? low : high) = middle;
  }
  return low;
}

double dioptres_of_code(const KnownLens& lens, double code, LensWay way) {
  const double below = code + (way == LensWay::kFromAbove ? double(lens.backlash) : 0);
  return std::max(0.0, along(lens.focus, below, &FocusPoint::code, &FocusPoint::dioptres));
}

double code_of_dioptres(const KnownLens& lens, double dioptres, LensWay way) {
  const double below = along(lens.focus, dioptres, &FocusPoint::dioptres, &FocusPoint::code);
  return way == LensWay::kFromAbove ? below - double(lens.backlash) : below;
}

std::vector<KnownDefect> random_defects(Size size, int count, std::uint64_t seed) {
  const auto area = static_cast<std::int64_t>(size.width) * size.height;
  if (count < 0 || count > area / 100) throw Error(count, " defects, expected 0 to one pixel in a hundred");
  KnownRandom random(seed, KnownStream::kDefects, 0);
  std::vector<KnownDefect> out;
  const auto key = [](const KnownDefect& d) { return std::pair(d.y, d.x); };
  const auto taken = [&](const KnownDefect& defect) {
    return std::any_of(out.begin(), out.end(), [&](const KnownDefect& d) { return key(d) == key(defect); });
  };
  while (static_cast<int>(out.size()) < count) {
    KnownDefect defect;
    const bool hot = out.size() % 2 == 0;
    defect.kind = hot ? PixelFault::kHot : PixelFault::kDead;
    defect.amount = static_cast<float>(hot ? 0.02 + 0.5 * random.uniform() * random.uniform() : 0.4 * random.uniform());
    defect.x = static_cast<int>(random.uniform() * size.width);
    defect.y = static_cast<int>(random.uniform() * size.height);
    if (out.size() % 8 == 7) {  // beside another, its neighbor of the same color
      KnownDefect second = defect;
      second.x = out.back().x < size.width / 2 ? out.back().x + 2 : out.back().x - 2;
      second.y = out.back().y;
      if (!taken(second)) defect = second;
    }
    if (!taken(defect)) out.push_back(defect);
  }
  std::sort(out.begin(), out.end(), [&](const KnownDefect& a, const KnownDefect& b) { return key(a) < key(b); });
  return out;
}

}  // namespace argent
