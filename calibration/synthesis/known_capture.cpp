#include "calibration/synthesis/known_capture.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "calibration/synthesis/known_random.h"
#include "calibration/synthesis/lens_falloff.h"
#include "camera/spectral/reflectances.h"
#include "isp/io/black_level.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

void check(const KnownSettings& s) {
  const auto within = [](double value, double least, double most, std::string_view member) {
    if (!(value >= least && value <= most))
      throw Error("a synthetic capture's ", member, " is ", value, ", expected ", least, " to ", most);
  };
  within(s.exposure_us, 0, 1e9, "exposure");
  within(s.gain, 0.1, 1000, "gain");
  within(s.lux, 0, 1e7, "lux");
  within(s.glare, 0, 100, "glare");
  within(s.extra_blur, 0, 200, "blur");
}

/// Level of white in green, before the gain.
double green_of_white(const KnownCamera& camera, const KnownLight& light, const KnownSettings& settings) {
  static const Spectrum& d65 = *new Spectrum(known_light("D65").spectrum);
  const auto seen = [&](const Spectrum& spectrum) {
    double sum = 0;
    for (std::size_t i = 0; i < kSamples; i++) sum += double(camera.sensitivities[1][i]) * double(spectrum[i]);
    return sum * power_per_lux(spectrum);
  };
  return double(camera.sensor.responsivity) * settings.lux * settings.exposure_us * seen(light.spectrum) / seen(d65);
}

/// Levels of the surfaces in one color, before the gain.
std::vector<double> levels_of(const KnownCamera& camera, std::span<const Spectrum> surfaces, const KnownLight& light, double white,
                              std::size_t color) {
  std::vector<double> out;
  for (const Spectrum& surface : surfaces) out.push_back(white * double(response(camera.sensitivities, light.spectrum, surface)[color]));
  return out;
}

std::size_t color_of(std::size_t site) { return site == 0 ? 0 : site == 3 ? 2 : 1; }

/// Where a color's light would be without lateral color: q with q (k0 + k1 |q|^2) = p. Gives |q| / |p|; the two steps of Newton's leave
/// 1e-9 at the ends of what check() lets through.
double undone(double k0, double k1, double r2) {
  double factor = 1 / k0;
  if (k1 == 0) return factor;
  for (int i = 0; i < 2; i++) {
    const double bent = k1 * r2 * factor * factor;
    factor -= (factor * (k0 + bent) - 1) / (k0 + 3 * bent);
  }
  return factor;
}

/// What the mosaic's pixels of one site see, before anything is counted.
class SiteLight {
 public:
  SiteLight(const KnownCamera& camera, const TestTarget& target, const KnownLight& light, const KnownSettings& settings, std::size_t site)
      : target_(target),
        falloff_(camera, color_of(site), double(light.cct)),
        dark_(settings.lux == 0 || settings.exposure_us == 0),
        width_(camera.sensor.size.width),
        height_(camera.sensor.size.height) {
    const std::size_t color = color_of(site);
    const double white = green_of_white(camera, light, settings), half = double(camera.sensor.green_imbalance) / 2;
    balance_ = site == 1 ? 1 + half : site == 2 ? 1 - half : 1;
    levels_ = levels_of(camera, target.surfaces(), light, white, color);
    glare_ = settings.glare * white * double(response(camera.sensitivities, light.spectrum, white_surface())[color]);
    blur_ = std::hypot(double(camera.lens.blur[color]), settings.extra_blur);
    if (color == 1) return;
    const std::array<float, 2>& lateral = color == 0 ? camera.lens.red : camera.lens.blue;
    k0_ = double(lateral[0]);
    k1_ = double(lateral[1]);
  }

  /// Level at gain 1 of the pixel whose middle is at (x, y).
  double at(double x, double y) const {
    if (dark_) return 0;
    const double dx = x - width_ / 2, dy = y - height_ / 2;
    const double factor = undone(k0_, k1_, (dx * dx + dy * dy) * 4 / (width_ * width_ + height_ * height_));
    const double sx = width_ / 2 + dx * factor, sy = height_ / 2 + dy * factor;
    double level = target_.light(levels_, sx, sy, blur_);
    if (glare_ > 0) level += glare_ * reflection(sx / width_, sy / height_);
    return balance_ * level * falloff_(x / width_, y / height_);
  }

 private:
  static double reflection(double x, double y) {
    const double dx = (x - 0.4) / 0.12, dy = (y - 0.42) / 0.12;
    return std::exp(-(dx * dx + dy * dy) / 2);
  }

  const TestTarget& target_;
  LensFalloff falloff_;
  bool dark_;
  double width_, height_, balance_ = 1, glare_ = 0, blur_ = 0;
  double k0_ = 1, k1_ = 0;  // lateral color
  std::vector<double> levels_;
};

/// From levels to codes.
class Counter {
 public:
  Counter(const KnownSensor& sensor, const KnownSettings& settings)
      : seed_(settings.seed),
        poisson_(sensor.photon_noise == PhotonNoise::kPoisson),
        electrons_(double(sensor.electrons)),
        full_well_(double(sensor.full_well)),
        nonlinearity_(double(sensor.nonlinearity)),
        row_(double(sensor.row_noise)),
        white_((1 << sensor.bits) - 1),
        codes_((white_ - double(sensor.nominal_black)) * true_gain(sensor, settings.gain)),
        // Both are Gaussian and nothing bends them: one number has the noise of two.
        noise_(std::hypot(double(sensor.read_electrons) / electrons_ * codes_, double(sensor.converter_noise))) {}

  /// `level` at gain 1; `base`: code of no light, the row's noise included.
  std::uint16_t code(double level, double base, std::uint64_t pixel) const {
    KnownRandom random(seed_, KnownStream::kPixel, pixel);
    double electrons = std::max(0.0, level) * electrons_;
    if (poisson_) electrons = random.poisson(electrons);
    const double charge = std::min(electrons, full_well_) / electrons_;
    double code = base + charge * (1 - nonlinearity_ * charge) * codes_;
    if (noise_ > 0) code += noise_ * random.normal();
    return static_cast<std::uint16_t>(std::clamp(code, 0.0, white_) + 0.5);
  }

  double row_offset(int row) const {
    return row_ > 0 ? row_ * KnownRandom(seed_, KnownStream::kRow, static_cast<std::uint64_t>(row)).normal() : 0;
  }

 private:
  std::uint64_t seed_;
  bool poisson_;
  double electrons_, full_well_, nonlinearity_, row_, white_;
  double codes_;  // of charge 1
  double noise_;  // codes
};

double with_defect(double level, const KnownDefect& defect) {
  return defect.kind == PixelFault::kHot ? level + double(defect.amount) : level * double(defect.amount);
}

void count_rows(const KnownCamera& camera, const std::array<SiteLight, 4>& sites, const KnownSettings& settings, std::uint16_t* out) {
  const KnownSensor& sensor = camera.sensor;
  const Counter counter(sensor, settings);
  auto defect = sensor.defects.begin();
  for (int y = 0; y < sensor.size.height; y++) {
    const double offset = counter.row_offset(y);
    for (int x = 0; x < sensor.size.width; x++) {
      const auto site = static_cast<std::size_t>(bayer_site(sensor.cfa, x & 1, y & 1));
      double level = sites[site].at(x + 0.5, y + 0.5);
      if (defect != sensor.defects.end() && defect->x == x && defect->y == y) level = with_defect(level, *defect++);
      const auto pixel = static_cast<std::uint64_t>(y) * static_cast<std::uint64_t>(sensor.size.width) + static_cast<std::uint64_t>(x);
      out[pixel] = counter.code(level, double(sensor.black[site]) + offset, pixel);
    }
  }
}

}  // namespace

RawFrame make_capture(const KnownCamera& camera, const TestTarget& target, const KnownLight& light, const KnownSettings& settings) {
  check(camera);
  check(settings);
  const auto site = [&](std::size_t i) { return SiteLight(camera, target, light, settings, i); };
  const std::array<SiteLight, 4> sites{site(0), site(1), site(2), site(3)};
  const Size size = camera.sensor.size;
  auto codes = std::make_shared<std::vector<std::uint16_t>>(static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height));
  count_rows(camera, sites, settings, codes->data());
  RawFrame frame;
  frame.data = codes->data();
  frame.stride = size.width;
  frame.lease = std::move(codes);
  frame.sensor = sensor_info_of(camera);
  frame.applied.settings.exposure = Microseconds(settings.exposure_us);
  frame.applied.settings.analogue_gain = static_cast<float>(settings.gain);
  return frame;
}

std::array<double, 3> level_of(const KnownCamera& camera, const Spectrum& surface, const KnownLight& light, const KnownSettings& settings) {
  const double white = green_of_white(camera, light, settings) * true_gain(camera.sensor, settings.gain);
  const Vec3 seen = response(camera.sensitivities, light.spectrum, surface);
  return {white * double(seen[0]), white * double(seen[1]), white * double(seen[2])};
}

double exposure_for(const KnownCamera& camera, const KnownLight& light, const KnownSettings& settings, double level) {
  KnownSettings one = settings;
  one.exposure_us = 1;
  const std::array<double, 3> white = level_of(camera, white_surface(), light, one);
  return level / *std::max_element(white.begin(), white.end());
}

}  // namespace argent
