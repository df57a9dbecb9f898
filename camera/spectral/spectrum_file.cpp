#include "camera/spectral/spectrum_file.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <utility>
#include <vector>

#include "isp/io/yaml_document.h"
#include "models/runtime/error.h"

namespace argent {

std::filesystem::path file_in(const std::filesystem::path& folder, const std::string& name) {
  if (name.find_first_of("/\\") != std::string::npos || name.find("..") != std::string::npos || name.find('\0') != std::string::npos) {
    throw Error(name + " is not the name of a spectrum");
  }
  return folder / name;
}

Spectrum read_spectrum(const std::filesystem::path& path) {
  std::istringstream file(read_yaml_file(path));  // for its bound on the size
  file.imbue(std::locale::classic());
  std::vector<std::pair<float, float>> samples;
  std::string line;
  for (int number = 1; std::getline(file, line); number++) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream text(line);
    text.imbue(std::locale::classic());
    float nm = 0, value = 0;
    char comma = 0;
    if (!(text >> nm >> comma >> value) || comma != ',' || !std::isfinite(nm) || !std::isfinite(value) || value < 0 ||
        (!samples.empty() && nm <= samples.back().first)) {
      throw Error(path.string() + ":" + std::to_string(number) + ": expected a rising wavelength, a comma and a value of at least 0");
    }
    samples.emplace_back(nm, value);
  }
  if (samples.size() < 2) throw Error(path.string() + ": fewer than two samples");
  Spectrum spectrum;
  for (std::size_t i = 0; i < kSamples; i++) {
    const float nm = std::clamp(wavelength(i), samples.front().first, samples.back().first);
    const auto next = std::find_if(samples.begin() + 1, samples.end() - 1, [&](const auto& sample) { return sample.first >= nm; });
    const auto before = next - 1;
    spectrum[i] = before->second + (next->second - before->second) * (nm - before->first) / (next->first - before->first);
  }
  return spectrum;
}

}  // namespace argent
