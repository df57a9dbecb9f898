#include "camera/spectral/illuminants.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "camera/spectral/illuminant_tables.h"
#include "camera/spectral/observer.h"
#include "camera/spectral/spectrum_file.h"
#include "isp/natural_light.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr std::size_t kReference = 36;  // 560 nm

Spectrum normalised(Spectrum light) {
  float scale = light[kReference];
  if (!(scale > 1e-6f)) scale = *std::max_element(light.begin(), light.end());
  if (scale > 0) {
    for (float& power : light) power /= scale;
  }
  return light;
}

}  // namespace

Spectrum planck(float cct) {
  constexpr double kSecond = 1.4388e7;  // nm kelvin, as in CIE 15's illuminant A and later
  Spectrum light;
  const auto power = [&](double nm) { return std::pow(560 / nm, 5) / std::expm1(kSecond / (nm * double(std::max(cct, 100.0f)))); };
  const double reference = power(560);
  for (std::size_t i = 0; i < kSamples; i++) light[i] = static_cast<float>(power(double(wavelength(i))) / reference);
  return light;
}

Spectrum daylight(float cct) {
  const double t = std::clamp(double(cct), 4000.0, 25000.0);
  const double x =
      t <= 7000 ? ((-4.6070e9 / t + 2.9678e6) / t + 0.09911e3) / t + 0.244063 : ((-2.0064e9 / t + 1.9018e6) / t + 0.24748e3) / t + 0.237040;
  const double y = (-3 * x + 2.870) * x - 0.275;
  const double m = 0.0241 + 0.2562 * x - 0.7341 * y;
  const double m1 = (-1.3515 - 1.7703 * x + 5.9114 * y) / m, m2 = (0.0300 - 31.4424 * x + 30.0717 * y) / m;
  Spectrum light;
  for (std::size_t i = 0; i < kSamples; i++) {
    light[i] = static_cast<float>(std::max(0.0, double(kDaylight[0][i]) + m1 * double(kDaylight[1][i]) + m2 * double(kDaylight[2][i])));
  }
  return normalised(light);
}

Spectrum natural_light(float cct) {
  const double share = daylight_share(double(cct));
  if (share == 0) return planck(cct);
  if (share == 1) return daylight(cct);
  Spectrum light{};
  const auto add = [&](const Spectrum& part, double of_chromaticity) {
    // X + Y + Z is Y / y.
    const double scale = of_chromaticity * double(chromaticity_of(part).y) / luminance_of(part);
    for (std::size_t i = 0; i < kSamples; i++) light[i] += static_cast<float>(scale * double(part[i]));
  };
  add(planck(cct), 1 - share);
  add(daylight(cct), share);
  return normalised(light);
}

Spectrum with_tint(const Spectrum& light, float duv) {
  if (duv == 0) return light;
  const float start = cct_of_chromaticity(chromaticity_of(light)).duv;
  const auto tinted = [&](float amount) {
    Spectrum out = light;
    for (std::size_t i = 0; i < kSamples; i++) {
      const float u = (wavelength(i) - 540) / 40;
      out[i] *= std::max(0.0f, 1 + amount * std::exp(-u * u));
    }
    return out;
  };
  float low = -0.98f, high = 8;  // duv rises with the amount
  for (int i = 0; i < 30; i++) {
    const float middle = (low + high) / 2;
    (cct_of_chromaticity(chromaticity_of(tinted(middle))).duv - start < duv ? low : high) = middle;
  }
  return tinted((low + high) / 2);
}

Spectrum illuminant(std::string_view name, const std::filesystem::path& folder) {
  if (name == "A") return planck(2848 * 1.4388f / 1.435f);  // CIE 15: 2848 K with c2 = 1.435e-2
  if (name == "D50") return daylight(5000 * 1.4388f / 1.438f);
  if (name == "D55") return daylight(5500 * 1.4388f / 1.438f);
  if (name == "D65") return daylight(6500 * 1.4388f / 1.438f);
  if (name == "D75") return daylight(7500 * 1.4388f / 1.438f);
  if (name == "E") {
    Spectrum flat;
    flat.fill(1);
    return flat;
  }
  for (const auto& [lamp, spectrum] : kLamps) {
    if (lamp == name) return normalised(spectrum);
  }
  if (!folder.empty()) {
    for (const char* prefix : {"illum__", "light__"}) {
      const std::filesystem::path path = file_in(folder / "illuminants", prefix + std::string(name) + ".csv");
      std::error_code error;
      if (std::filesystem::is_regular_file(path, error)) return normalised(read_spectrum(path));
    }
  }
  throw Error("illuminant " + std::string(name) + " is not known" +
              (folder.empty() ? ", expected A, D50, D55, D65, D75, E, FL2, FL11, LED-B1, LED-B5 or a folder of spectra"
                              : ": neither built in nor in " + (folder / "illuminants").string()));
}

}  // namespace argent
