// camera/spectral/spectrum_file.h - private: spectra from files.
#pragma once

#include <filesystem>
#include <string>

#include "camera/spectral/spectrum.h"

namespace argent {

/// Throws Error when `name` would lead out of the folder.
std::filesystem::path file_in(const std::filesystem::path& folder, const std::string& name);

/// Lines "wavelength,value" with rising wavelengths in nm, '#' begins a comment. Linear between, constant outside. Throws Error.
Spectrum read_spectrum(const std::filesystem::path& path);

}  // namespace argent
