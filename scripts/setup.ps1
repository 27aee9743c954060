# Makes .venv and installs the project into it, whole, with versions and hashes as locked. For Windows on x64.
# Usage, in the project's folder: powershell -ExecutionPolicy Bypass -File scripts\setup.ps1
# Needs Python 3.11 to 3.14 (python.org, no administrator rights needed). Safe to run again.
$ErrorActionPreference = "Stop"
Set-Location (Join-Path $PSScriptRoot "..")

function Invoke-Checked {
    param([string] $Program, [string[]] $Arguments)
    & $Program @Arguments
    if ($LASTEXITCODE -ne 0) { throw "setup: '$Program $($Arguments -join ' ')' failed." }
}

$python = if ($env:PYTHON) { $env:PYTHON } elseif (Get-Command py -ErrorAction SilentlyContinue) { "py" } else { "python" }
& $python -c "import sys; sys.exit(not ((3, 11) <= sys.version_info < (3, 15)))"
if ($LASTEXITCODE -ne 0) { throw "setup: Python 3.11 to 3.14 is needed; name it with `$env:PYTHON." }

$own = Join-Path (Get-Location) ".venv\Scripts\python.exe"
if (-not (Test-Path $own)) { Invoke-Checked $python @("-m", "venv", ".venv") }
$pip = @("-m", "pip", "--disable-pip-version-check", "--quiet", "install")
Write-Host "setup: installing (about 2.5 GB on disk; a few minutes the first time)"
Invoke-Checked $own ($pip + @("torch"))
Invoke-Checked $own ($pip + @("--no-deps", "--require-hashes", "-r", "requirements.lock"))
Invoke-Checked $own ($pip + @("--no-deps", "-e", "."))
Write-Host "setup: done. Next: .venv\Scripts\activate, then: coder demo"
