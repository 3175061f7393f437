<?php
// Nothing to list here.
